// What Swift cannot import from the C headers by itself: wrappers only, no logic.
#pragma once
#include <sys/socket.h>
