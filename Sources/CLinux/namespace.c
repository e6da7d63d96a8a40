#include "walkback_namespace.h"
