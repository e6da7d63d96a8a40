#include "walkback_socket.h"
