#include "in-kernel.h"
#include "preprocessor.h"

RUN_WORK
