#include "runtime/program/program.h"
#include "runtime/run/command.h"

// The program that the compiler made and the linker put beside this file.
extern "C" const dnnc_program dnnc_generated;

int main(int argc, char** argv) { return dnnc::runtime::trainer_main(dnnc_generated, argc, argv); }
