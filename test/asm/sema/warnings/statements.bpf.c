// Statements that are not what they look like.
enum color { RED, GREEN, BLUE };
int sink(int);

int empty(int x)
{
	if (x > 1);
		x = 2;
	if (x)
		;
	while (x > 3);
	{
		x = 4;
	}
	for (x = 0; x < 3; x++);
		sink(x);
	for (x = 0; x < 3; x++)
		;
	while (x--)
		;
	if (x) {
	} else;
	switch (x);
	return x;
}

int fall(int x)
{
	switch (x) {
	case 1:
		x = 2;
	case 2:
		x = 3;
		break;
	case 3:
	case 4:
		x = 5;
		__attribute__((fallthrough));
	case 5:
		return 1;
	case 6:
		if (x)
			return 2;
	default:
		x = 9;
	}
	return x;
}

int enumerated(enum color c, int n)
{
	switch (c) {
	case RED:
		n = 1;
		break;
	case GREEN:
		n = 2;
		break;
	}
	switch (c) {
	case RED:
	case GREEN:
	case BLUE:
		n = 3;
		break;
	}
	switch (c) {
	case RED:
	case GREEN:
	case BLUE:
		n = 3;
		break;
	default:
		n = 4;
	}
	switch (c) {
	case RED:
		n = 4;
		break;
	default:
		n = 5;
	}
	switch (c) {
	case RED:
	case 7:
		n = 4;
		break;
	case GREEN ... BLUE:
		break;
	}
	switch (n > 3) {
	case 1:
		return 2;
	}
	return n;
}

int no_return(int x)
{
	if (x)
		return 1;
}

int dangling(int x, int y)
{
	if (x)
		if (y)
			return 1;
		else
			return 2;
	return 3;
}

int shadowed;
int shadows(int x, int sink_count)
{
	int shadowed = x;
	for (int x = 0; x < 3; x++) {
		int y = x;
		{
			int y = 2;
			shadowed += y;
		}
		shadowed += y;
	}
	if (sink_count) {
		int sink_count = 2;
		shadowed += ({ int y = 3; y; });
		return sink_count;
	}
	int sink = 3;
	enum { INSIDE };
	return shadowed + sink + INSIDE;
}
