// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/mptcp.h>
#include <linux/nl80211.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
