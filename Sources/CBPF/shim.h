#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "walkback_link.h"
