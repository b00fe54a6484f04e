#include "in-kernel.h"
#include "builtins.h"

RUN_WORK
