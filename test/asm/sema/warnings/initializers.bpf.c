// Initialisers.
struct pair { int a, b; };
struct nested { struct pair p; int n; };
struct with_array { int a[2]; int n; };
struct nested braces = { 1, 2, 3 };
struct nested full = { { 1, 2 }, 3 };
struct nested partial = { { 1, 2 } };
struct nested zero = { 0 };
struct nested none = {};
struct nested named = { .n = 3 };
struct pair few = { 1 };
int grid[2][2] = { 1, 2, 3, 4 };
int square[2][2] = { { 1, 2 }, { 3, 4 } };
int many[2] = { 1, 2, 3 };
struct pair most = { 1, 2, 3 };
int scalar = { 1, 2 };
char text[3] = "abcd";
char exact[3] = "abc";
int twice[3] = { [1] = 2, [1] = 3 };
struct pair again = { .a = 1, .a = 2 };
struct with_array inner = { 1, 2, 3 };
struct with_array lists = { { 1, 2 }, 3 };
struct pair pairs[2] = { 1, 2, 3, 4 };
struct pair pairs_zero[2] = { 0 };
int wide[2] = { [0 ... 1] = 4, [0] = 5 };

int locals(int x)
{
	struct nested n = { x, x, x };
	int a[2] = { 1, 2, 3 };
	struct pair p = { x };
	struct pair q = { .b = x };
	return n.n + a[0] + p.a + q.b;
}
