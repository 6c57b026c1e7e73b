# hooksig: `make help` lists the targets.

PREFIX ?= /usr/local

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sort | awk -F ':.*## ' '{printf "  %-22s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## verify recorded deliveries, refuse tampered ones, sign one, run the C receiver
	@scripts/setup.sh cargo cc curl pkg-config pkg:libmicrohttpd crates
	@$(MAKE) --no-print-directory program
	scripts/demo.sh target/program/hooksig
	@$(MAKE) --no-print-directory example
	scripts/demo-receiver.sh target/c-example

# The parts and their order are in scripts/test.sh; each is a target below.
.PHONY: test
test: ## run all tests, independent parts in parallel
	@scripts/test.sh

.PHONY: test-setup
test-setup: ## install and download the tools and packages of the tests
	@scripts/test.sh --setup

.PHONY: test-build
test-build: lib program example ## build the files that several parts of the tests share

.PHONY: lint
lint: ## formatting, linters, prose, version numbers, and the tests that pages name
	@scripts/setup.sh cargo cc clippy rustfmt python3 crates
	scripts/prose.py
	scripts/version.py
	python3 scripts/proofs.py
	scripts/linters.sh
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	cargo clippy --locked -p hooksig --lib -- -D warnings
	cargo clippy --locked -p hooksig --lib --features plain -- -D warnings
	cargo clippy --locked -p hooksig --lib --features small -- -D warnings
	scripts/confined.sh
	scripts/circles.py
	RUSTDOCFLAGS='-D warnings' cargo doc --locked -p hooksig -p hooksig-tower --all-features --no-deps

.PHONY: test-rust
test-rust: ## run the Rust tests: core, program, tower layer, header
	@scripts/setup.sh cargo cc kill script crates
	cargo test --locked --workspace --all-features
	cargo build --locked -p hooksig

.PHONY: test-ffi
test-ffi: lib program ## run the C and C++ tests against the built libraries
	ffi-tests/run.sh

.PHONY: test-install
test-install: lib program ## test the installation: paths with spaces, LIBDIR, umask, read-only folders
	scripts/test-install.sh

# Builds c-example with strict warnings against the library of `make lib`.
EXAMPLE := PKG_CONFIG_PATH="$$PWD/target/c/lib/pkgconfig" \
	$(MAKE) --no-print-directory -B -C c-example LDFLAGS="-Wl,-rpath,'$$PWD/target/c/lib'"

EXAMPLE_OUT ?= ../target/c-example

.PHONY: example
example: lib ## build the C receiver and sender in target/c-example
	@scripts/setup.sh cc pkg-config pkg:libmicrohttpd
	$(EXAMPLE) OUT='$(EXAMPLE_OUT)'

.PHONY: test-example
test-example: example ## test the C receiver with curl, raw connections and valgrind
	@scripts/setup.sh clang cmake curl kill valgrind
	$(EXAMPLE) OUT=../target/c-example/clang CC=clang
	cmake -S c-example -B target/c-example/cmake -DCMAKE_PREFIX_PATH="$$PWD/target/c"
	cmake --build target/c-example/cmake
	c-example/test.sh target/c-example
	scripts/demo-receiver.sh target/c-example

.PHONY: test-go
test-go: lib program ## run the Go tests; skipped without Go
	go/test.sh

.PHONY: load
load: example ## attack and kill the receivers under load, stop their Redis, and count the accepted deliveries
	scripts/load.sh

# LONG=1 adds the rows that measure times.
.PHONY: test-receivers
test-receivers: example program ## run the same attacks on every receiver, over real sockets
	$(if $(LONG),LONG=1) tests/receivers/run.sh

.PHONY: test-docs
test-docs: lib program ## follow the guides and the README step by step
	@scripts/setup.sh python3
	scripts/docs/test.py

.PHONY: test-bare
test-bare: ## run make demo and make test in a new minimal Debian; with ALL=1 each documented command
	scripts/bare.sh $(if $(ALL),documented)

# TEST_OPTIONS=--no-run only compiles the tests.
.PHONY: test-packages
test-packages: ## pack each crate that is published, and test it from its package alone
	@scripts/setup.sh cargo cc
	scripts/test-packages.sh

.PHONY: book
book: ## build the guides as a book in target/book
	@scripts/setup.sh cargo cc mdbook python3
	scripts/docs/book.sh

.PHONY: check
check: ## run analyzers; check licences, feature sets, lowest versions
	scripts/check.sh quick

.PHONY: check-long
check-long: ## run check, sanitizers, cargo-careful and Miri; look for known vulnerabilities
	scripts/check.sh long

.PHONY: test-targets
test-targets: ## run firmware in emulators, WebAssembly, and the tests on other processors
	scripts/test-targets.sh

.PHONY: footprint
footprint: ## measure flash, stack and instructions on a Cortex-M4, with peers; writes docs/footprint.md
	@scripts/setup.sh cargo cc python3 arm-none-eabi-gcc qemu-system-arm riscv64-unknown-elf-gcc
	python3 firmware/footprint.py

.PHONY: test-footprint
test-footprint: ## fail if flash, stack or instructions of the verifier exceed their gates
	@scripts/setup.sh cargo cc python3 arm-none-eabi-gcc qemu-system-arm target:thumbv7em-none-eabi
	python3 firmware/footprint.py --check

# Benchmarks are built in one folder, for the host.
BENCH := env -u CARGO_BUILD_TARGET cargo
BENCH_OPTIONS := --locked --release --manifest-path benches/Cargo.toml --target-dir target/bench

# QUICK=1 runs a tenth of the rounds and writes nothing; ONLY selects contestants, such as hooksig.
.PHONY: bench
bench: bench-programs ## time hooksig, its peers and bare SHA-256 compressions; writes docs/speed.md
	target/bench/release/bench $(if $(QUICK),--rounds 50,--write) $(ONLY:%=--only %)

.PHONY: bench-programs
bench-programs: lib
	benches/build.sh

.PHONY: constant-time
constant-time: ## test that no branch, address or time depends on a secret: valgrind, then statistics
	fuzz/constant-time/run.sh
	cargo run --locked --release --manifest-path fuzz/constant-time/Cargo.toml \
		--target-dir target/constant-time -- $(CALLS)

.PHONY: mutants
mutants: ## run cargo-mutants on the core, or on one file with FILE=src/…; takes hours
	@scripts/setup.sh cargo cc cargo-mutants
	PROPTEST_CASES=256 HOOKSIG_MODEL_CASES=5000 cargo mutants --output target $(FILE:%=--file %)

.PHONY: differential
differential: ## compare the core with a model of its rules on CASES requests
	@scripts/setup.sh cargo cc crates
	HOOKSIG_MODEL_CASES=$(or $(CASES),5000000) cargo test --locked --release $(FEATURES:%=--features %) --test model -- --nocapture

.PHONY: coverage
coverage: ## measure line and branch coverage; writes target/coverage/html
	@scripts/setup.sh cargo cc
	scripts/coverage.sh

.PHONY: test-bench
test-bench: bench-programs test-instructions ## lint the benchmarks, run them once, and check instruction counts
	cargo fmt --manifest-path benches/Cargo.toml --check
	$(BENCH) clippy $(BENCH_OPTIONS) --features compare --all-targets -- -D warnings
	$(BENCH) test $(BENCH_OPTIONS) --features compare --lib --bin bench --bin instructions --test forgeries
	target/bench/release/bench --rounds 1

.PHONY: count-programs
count-programs: lib
	@scripts/setup.sh valgrind
	benches/build.sh hooksig

.PHONY: test-instructions
test-instructions: count-programs ## fail if an operation takes 2 % more instructions than in benches/instructions.txt
	target/bench/release/instructions

.PHONY: instructions-baseline
instructions-baseline: count-programs ## rewrite benches/instructions.txt
	target/bench/release/instructions --write

.PHONY: fuzz
fuzz: ## fuzz each target for SECONDS
	fuzz/run.sh $(or $(SECONDS),60)

.PHONY: fuzz-go
fuzz-go: lib ## compare pure Go with the C library on mutated requests for SECONDS
	go/both.sh -fuzz FuzzVerify -fuzztime $(or $(SECONDS),60)s

.PHONY: header
header: ## generate include/hooksig.h from src/capi
	cargo run --locked -q -p hooksig-ffi-tests --bin header

.PHONY: go-core
go-core: ## translate the core from Rust to Go again
	@scripts/setup.sh cargo go crates modules:go/translate
	scripts/go-core.sh

.PHONY: lib
lib: ## build the C libraries with pkg-config and CMake files in target/c, or for TARGET in target/c-TARGET
	packaging/build-lib.sh $(TARGET)

.PHONY: firmware-lib
firmware-lib: ## build the C library of a TARGET without an operating system, for size, in target/c-TARGET
	PROFILE=size packaging/build-lib.sh $(or $(TARGET),$(error say which: make firmware-lib TARGET=thumbv7em-none-eabihf))

.PHONY: program
program: ## build the program, its manual pages and completions in target/program
	packaging/build-program.sh

# Paths are passed in the environment, so that no shell splits them.
install install-lib install-program uninstall: export PREFIX := $(PREFIX)
install install-lib install-program uninstall: export DESTDIR := $(DESTDIR)
install install-lib install-program uninstall: export LIBDIR := $(LIBDIR)

.PHONY: install
install: ## install everything under DESTDIR and PREFIX, the libraries in LIBDIR
	@packaging/install.sh install lib program

.PHONY: install-lib
install-lib: ## install only the C libraries and the header
	@packaging/install.sh install lib

.PHONY: install-program
install-program: ## install only the program, its manual pages and completions
	@packaging/install.sh install program

.PHONY: uninstall
uninstall: ## remove the installed files
	@packaging/install.sh uninstall lib program

.PHONY: clean
clean: ## remove all build output
	cargo clean
	rm -rf target
