#ifndef PREPROCESSOR_VALUES_H
#define PREPROCESSOR_VALUES_H

#define FROM_HEADER 3

static u64 included_twice(u64 x)
{
	return x * FROM_HEADER;
}

#endif
