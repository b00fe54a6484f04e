#include "in-kernel.h"
#include "signed-division.h"

RUN_WORK
