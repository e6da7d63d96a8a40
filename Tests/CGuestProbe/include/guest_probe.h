// SPDX-License-Identifier: Apache-2.0
// For tests: does what a container that forbids tracing does.
#pragma once

/// From now on ptrace() fails with EPERM in this process and its children. Returns 0 or the error.
int guest_probe_forbid_ptrace(void);
