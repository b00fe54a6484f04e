#include "in-kernel.h"
#include "control.h"

RUN_WORK
