#include "runtime/program/program.h"
#include "runtime/run/command.h"

// Of the program that the compiler made and the linker put beside this file.
int main(int argc, char** argv) { return dnnc::runtime::trainer_main(dnnc_generated, argc, argv); }
