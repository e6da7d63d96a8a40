# SPDX-License-Identifier: Apache-2.0
# Two commands do everything: `make demo` and `make test`. Both install what is missing, and say what they install.
SHELL   := /bin/sh
PREFIX  ?= /usr/local
SWIFT   ?= swift
RELEASE := .build/release/walkback
OUTPUT  ?= walkback-out/indoor-walk
# The kernel is fetched and unpacked while Swift compiles.
MAKEFLAGS += --jobs=2
CLANG   ?= $(dir $(shell command -v $(SWIFT)))clang

# What the build and the embedded kernel need besides Swift, as names of Debian packages.
PACKAGES := pkg-config libnl-3-dev libnl-route-3-dev libnl-genl-3-dev libbpf-dev zlib1g-dev libzstd-dev libssl-dev libpcap-dev \
            gcc libc6-dev make flex bison bc xz-utils patch ca-certificates

# Every test, as a program that a guest can run, and a file with the names of those that have to run in one.
BUNDLE    := .build/debug/walkbackPackageTests.xctest --testing-library swift-testing
TIER_LIST := $(CURDIR)/.build/kernel-tier

.PHONY: demo example paper paper-full test test-debug test-random test-sanitized torture faults lint docs kernel fuzz bench install clean build dependencies browser slurm swift bpf format

demo: build kernel
	WALKBACK_KERNEL="$$(Kernel/build)" $(RELEASE) compare Replays/indoor-walk.yaml --output $(OUTPUT)
	@echo "report: $(CURDIR)/$(OUTPUT)/report.html"

# The evaluation of the paper that Walkback comes from: `paper` takes minutes, `paper-full` takes hours.
paper: build kernel
	WALKBACK_KERNEL="$$(Kernel/build)" $(RELEASE) paper Replays/paper --quick --output walkback-out/paper

paper-full: build kernel
	WALKBACK_KERNEL="$$(Kernel/build)" $(RELEASE) paper Replays/paper --output walkback-out/paper-full

build: dependencies swift
	$(SWIFT) build -c release --product walkback

kernel: dependencies
	@Kernel/build >/dev/null

# Checks the format, licence lines, lengths and imports of the sources.
lint: swift
	SWIFT="$(SWIFT)" .ci/lint

# The reference of the library, from the documentation in its sources: pages for a browser in walkback-out/docs.
docs: dependencies swift
	$(SWIFT) build --product walkback
	SWIFT="$(SWIFT)" .ci/docs

test: lint dependencies swift kernel
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	SWIFT="$(SWIFT)" .ci/docs
	@rm -f $(TIER_LIST)
	WALKBACK_KERNEL="$$(Kernel/build)" WALKBACK_KERNEL_TIER_LIST=$(TIER_LIST) $(SWIFT) test --skip-build
	WALKBACK_KERNEL="$$(Kernel/build)" Tests/kernel-tier $(TIER_LIST) .build/debug/walkback boot -- $(BUNDLE)

# Builds and runs a program of somebody else's that adds a strategy, an oracle and a trace format.
example: build kernel
	WALKBACK_KERNEL="$$(Kernel/build)" SWIFT="$(SWIFT)" Examples/run

# Not part of `test`: builds a second kernel, which watches its locks and its memory, and runs minutes of tests in it.
test-debug: dependencies swift
	$(SWIFT) build --build-tests
	.build/debug/walkback boot --kernel "$$(Kernel/build --debug)" -- $(BUNDLE) --filter 'Coupled subflows'

# Not part of `test`: a second kernel with an option that nothing uses must give the same bytes.
test-random: dependencies swift kernel
	$(SWIFT) build --build-tests
	WALKBACK_KERNEL="$$(Kernel/build)" WALKBACK_UNUSED_KERNEL="$$(Kernel/build --unused)" $(SWIFT) test --skip-build \
		--filter 'Random numbers are the same'

# Not part of `test`: looks for inputs that end the readers of foreign files, or make them slow or large. SECONDS of
# processor time for each target; TARGETS are all, or those named.
SECONDS ?= 60
TARGETS ?=
JOBS    ?= $(shell nproc)
FUZZ    := .build/fuzz
fuzz: dependencies swift
	WALKBACK_FUZZ_BUILD=1 $(SWIFT) build -c release --sanitize fuzzer --scratch-path $(FUZZ) --product fuzz
	Tests/fuzz $(FUZZ)/release/fuzz $(SECONDS) $(JOBS) $(TARGETS)

# Not part of `test`: half an hour of harm, and a table of what was lost or left. SEED=... repeats one.
torture: dependencies swift kernel
	$(SWIFT) build --product walkback
	WALKBACK_KERNEL="$$(Kernel/build)" Tests/Torture/torture $(or $(FAULTS),500) $(SEED)

# Not part of `test`: puts small faults into a copy of the sources, and counts how many the tests catch. SEED=... repeats.
faults: dependencies swift kernel
	$(SWIFT) build --build-tests
	SWIFT="$(SWIFT)" Tests/Faults/faults $(or $(FAULTS),60) $(SEED)

# Not part of `test`: the tests under the address and the thread sanitizer, each in a build of its own.
test-sanitized: dependencies swift
	SWIFT="$(SWIFT)" Tests/sanitized

bench: build kernel
	Benchmarks/run
	Benchmarks/reading

install: build kernel
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/walkback
	install -m 755 $(RELEASE) $(DESTDIR)$(PREFIX)/bin/walkback
	kernel=$$(Kernel/build) && install -m 755 "$$kernel" $(DESTDIR)$(PREFIX)/lib/walkback/linux && \
	install -m 644 "$$kernel.txt" $(DESTDIR)$(PREFIX)/lib/walkback/linux.txt

# Leaves the cached kernel alone; `Kernel/build --clean` removes that.
clean:
	rm -rf .build walkback-out

# Recompiles the BPF object that is committed next to its source; a test compares the two.
bpf:
	$(CLANG) -target bpf -mcpu=v3 -O2 -g -I/usr/include/$$(gcc -print-multiarch) -fdebug-compilation-dir=. \
		-c Sources/Lab/Link/BPF/link.bpf.c -o Sources/Lab/Link/BPF/link.bpf.o

# Where there is no browser, the tests that look at reports in one are skipped, so a failure here is only reported.
browser:
	@command -v chromium >/dev/null || $(MAKE) dependencies PACKAGES=chromium || \
		echo "no chromium: reports are not looked at in a browser" >&2

# The same holds for the test that sends a sweep through a batch system.
slurm:
	@command -v slurmctld >/dev/null || $(MAKE) dependencies PACKAGES="slurmctld slurmd slurm-client munge" || \
		echo "no Slurm: no sweep is sent through it" >&2

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

swift:
	@version=$$($(SWIFT) --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1); \
	set -- $${version:-0 0}; \
	if [ "$$1" -lt 6 ] || { [ "$$1" -eq 6 ] && [ "$$2" -lt 2 ]; }; then \
		echo "walkback needs Swift 6.2 or later and found $$( [ "$$1" -gt 0 ] && echo "$$1.$$2" || echo none): install it from https://www.swift.org/install/linux" >&2; \
		exit 69; \
	fi

dependencies:
	@missing=; \
	for package in $(PACKAGES); do \
		dpkg-query -W -f='$${db:Status-Status}\n' $$package 2>/dev/null | grep -qx installed || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	if ! command -v apt-get >/dev/null; then \
		echo "these packages are missing (Debian's names) and there is no apt-get to install them:$$missing" >&2; exit 69; \
	fi; \
	if [ "$$(id -u)" = 0 ]; then root=; elif sudo -n true 2>/dev/null; then root="sudo -n"; else \
		echo "these packages are missing; install them with: sudo apt-get install -y$$missing" >&2; exit 77; \
	fi; \
	echo "installing:$$missing" >&2; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$root apt-get update -qq && $$root apt-get install -y -qq --no-install-recommends $$missing >&2
