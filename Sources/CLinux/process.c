#include "walkback_process.h"
