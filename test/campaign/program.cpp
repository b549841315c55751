#include "test/campaign/program.h"

#include "test/campaign/data.h"
#include "test/campaign/network.h"
#include "test/campaign/training.h"

namespace dnnc::campaign {

Program random_program(Choices& choices) {
  Program program;
  const Network network = random_network(choices, program);
  const TrainingText training = random_training(choices, network);
  program.text = "dnn 1\n" + network.definitions + training.definitions + data_text(network, training.batch) +
                 network.text() + training.block;
  choices.note(program.text);
  return program;
}

}  // namespace dnnc::campaign
