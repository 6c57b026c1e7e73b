# hooksig: `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
CARGO ?= cargo

VERSION := 0.1.0
SONAME := libhooksig.so.0
# Where the C libraries are put together; `make lib` fills it like an installation.
LIB_DIR := target/c
RELEASE_DIR := target/release

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## set up, then verify real deliveries, refuse tampered ones, sign one
	@scripts/setup.sh cargo cc
	$(CARGO) build --locked --release -p hooksig-cli
	scripts/demo.sh $(RELEASE_DIR)/hooksig
	@scripts/setup.sh curl
	$(MAKE) --no-print-directory example
	scripts/demo-receiver.sh target/c-example

.PHONY: test
test: lint test-rust test-ffi test-example test-go test-docs ## set up and run all tests

.PHONY: lint
lint: ## formatting and lints, as errors
	@scripts/setup.sh cargo cc
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets --all-features -- -D warnings
	$(CARGO) clippy --locked -p hooksig --lib -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked -p hooksig -p hooksig-tower --all-features --no-deps

.PHONY: test-rust
test-rust: ## the Rust tests: core, command line, tower layer, header
	@scripts/setup.sh cargo cc
	$(CARGO) test --locked --workspace --all-features
	$(CARGO) build --locked -p hooksig

.PHONY: test-ffi
test-ffi: lib ## the C and C++ tests against the built libraries
	ffi-tests/run.sh

# The C programs of c-example under their strict warnings; they find the library where `make lib`
# puts it.
EXAMPLE := PKG_CONFIG_PATH='$(CURDIR)/$(LIB_DIR)/lib/pkgconfig' \
	$(MAKE) --no-print-directory -B -C c-example LDFLAGS='-Wl,-rpath,$(CURDIR)/$(LIB_DIR)/lib'

EXAMPLE_OUT ?= $(CURDIR)/target/c-example

.PHONY: example
example: lib ## the C receiver and sender, in target/c-example
	@scripts/setup.sh cc pkg-config pkg:libmicrohttpd
	$(EXAMPLE) OUT='$(EXAMPLE_OUT)'

.PHONY: test-example
test-example: example ## the C receiver against curl, raw connections and valgrind
	@scripts/setup.sh clang cmake curl valgrind
	$(EXAMPLE) OUT='$(CURDIR)/target/c-example/clang' CC=clang
	cmake -S c-example -B target/c-example/cmake -DCMAKE_PREFIX_PATH='$(CURDIR)/$(LIB_DIR)'
	cmake --build target/c-example/cmake
	c-example/test.sh target/c-example

.PHONY: test-go
test-go: lib ## the Go tests; skipped where there is no Go
	go/test.sh

.PHONY: load
load: example ## attack the C receiver and the Go middleware, kill them, count what they accept
	scripts/load.sh

.PHONY: test-receivers
test-receivers: example ## attack every receiver with the same table, over real sockets
	tests/receivers/run.sh

.PHONY: test-docs
test-docs: lib ## does what the guides and the README say, step by step
	@scripts/setup.sh python3
	$(CARGO) build --locked --release -p hooksig-cli
	scripts/docs/test.py

.PHONY: book
book: ## the guides as a book, in target/book
	@scripts/setup.sh cargo mdbook python3
	scripts/docs/book.sh

.PHONY: check
check: ## analyzers, licences, sets of features, lowest versions
	scripts/check.sh quick

.PHONY: check-long
check-long: ## the same, and sanitizers, cargo-careful, Miri, known vulnerabilities
	scripts/check.sh long

.PHONY: test-targets
test-targets: ## firmware in emulators, WebAssembly, and the tests on other processors
	scripts/test-targets.sh

.PHONY: footprint
footprint: ## flash, stack and instructions on a Cortex-M4, beside peers; writes docs/footprint.md
	@scripts/setup.sh cargo python3 arm-none-eabi-gcc qemu-system-arm
	python3 firmware/footprint.py

# QUICK=1 takes a tenth of the rounds and writes nothing; ONLY names contestants, such as hooksig.
.PHONY: bench
bench: bench-programs ## time hooksig and its peers beside the SHA-256 compressions; writes docs/speed.md
	target/bench/release/bench $(if $(QUICK),--rounds 50,--write) $(ONLY:%=--only %)

.PHONY: bench-programs
bench-programs: lib
	benches/build.sh

.PHONY: constant-time
constant-time: ## that no branch, address or time tells what is secret: valgrind, then statistics
	fuzz/constant-time/run.sh
	$(CARGO) run --locked --release --manifest-path fuzz/constant-time/Cargo.toml \
		--target-dir target/constant-time -- $(CALLS)

.PHONY: mutants
mutants: ## change the core in each way that cargo-mutants knows, one file with FILE=src/…; hours
	@scripts/setup.sh cargo cc cargo-mutants
	PROPTEST_CASES=256 HOOKSIG_MODEL_CASES=5000 $(CARGO) mutants --output target $(FILE:%=--file %)

.PHONY: differential
differential: ## the core against a model of its rules on CASES requests
	@scripts/setup.sh cargo cc
	HOOKSIG_MODEL_CASES=$(or $(CASES),5000000) $(CARGO) test --locked --release --test model -- --nocapture

.PHONY: coverage
coverage: ## lines and branches that the tests reach, in a table and in target/coverage/html
	@scripts/setup.sh cargo cc
	scripts/coverage.sh

.PHONY: test-bench
test-bench: bench-programs test-instructions ## lint and run once what measures, and check instruction counts
	$(CARGO) fmt --manifest-path benches/Cargo.toml --check
	$(CARGO) clippy --locked --release --manifest-path benches/Cargo.toml --target-dir target/bench --features compare --all-targets -- -D warnings
	$(CARGO) test --locked --release --manifest-path benches/Cargo.toml --target-dir target/bench --features compare --lib --bin bench --bin instructions --test forgeries
	target/bench/release/bench --rounds 1

.PHONY: count-programs
count-programs: lib
	@scripts/setup.sh valgrind
	benches/build.sh hooksig

.PHONY: test-instructions
test-instructions: count-programs ## fails if an operation takes 2 % more instructions than in benches/instructions.txt
	target/bench/release/instructions

.PHONY: instructions-baseline
instructions-baseline: count-programs ## write benches/instructions.txt anew
	target/bench/release/instructions --write

.PHONY: fuzz
fuzz: ## fuzz each target for SECONDS
	fuzz/run.sh $(or $(SECONDS),60)

.PHONY: header
header: ## write include/hooksig.h anew from src/capi
	$(CARGO) run --locked -q -p hooksig-ffi-tests --bin header

# The panic handler stands behind a cfg that reaches this crate alone. It calls what does not
# exist: a library in which a panic is possible does not link.
RUSTC_ARGS := --cfg hooksig_panic_handler -C link-arg=-Wl,-soname,$(SONAME) -C link-arg=-Wl,-z,defs -C link-arg=-lc

.PHONY: lib
lib: ## the C libraries, with pkg-config and CMake files, in target/c
	@scripts/setup.sh cargo cc
	$(CARGO) rustc --locked --release -p hooksig --lib --crate-type staticlib,cdylib --features capi -- $(RUSTC_ARGS)
	$(MAKE) --no-print-directory install-files ROOT='$(CURDIR)/$(LIB_DIR)' FINAL='$(CURDIR)/$(LIB_DIR)'

# Where the manual pages and completions lie, which the program itself writes.
PROGRAM_DIR := target/program
SHELLS := bash zsh fish

.PHONY: program
program: ## the program in target/release, its manual pages and completions in target/program
	@scripts/setup.sh cargo cc
	$(CARGO) build --locked --release -p hooksig-cli
	rm -rf $(PROGRAM_DIR)
	install -d $(PROGRAM_DIR)/man
	$(RELEASE_DIR)/hooksig man $(PROGRAM_DIR)/man
	for shell in $(SHELLS); do $(RELEASE_DIR)/hooksig completions $$shell > $(PROGRAM_DIR)/$$shell || exit; done

.PHONY: install
install: install-lib install-program ## install everything under DESTDIR and PREFIX

.PHONY: install-lib
install-lib: lib ## install the C libraries and the header alone
	$(MAKE) --no-print-directory install-files ROOT='$(DESTDIR)$(PREFIX)' FINAL='$(PREFIX)'

BASH_DIR := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSH_DIR := $(DESTDIR)$(PREFIX)/share/zsh/site-functions
FISH_DIR := $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
MAN_DIR := $(DESTDIR)$(PREFIX)/share/man/man1

.PHONY: install-program
install-program: program ## install the program, its manual pages and completions alone
	install -d $(DESTDIR)$(PREFIX)/bin $(MAN_DIR) $(BASH_DIR) $(ZSH_DIR) $(FISH_DIR)
	install -m 755 $(RELEASE_DIR)/hooksig $(DESTDIR)$(PREFIX)/bin/
	install -m 644 $(PROGRAM_DIR)/man/* $(MAN_DIR)/
	install -m 644 $(PROGRAM_DIR)/bash $(BASH_DIR)/hooksig
	install -m 644 $(PROGRAM_DIR)/zsh $(ZSH_DIR)/_hooksig
	install -m 644 $(PROGRAM_DIR)/fish $(FISH_DIR)/hooksig.fish

# Lays the files out under ROOT; FINAL is what the files themselves say.
.PHONY: install-files
install-files:
	install -d $(ROOT)/include $(ROOT)/lib/pkgconfig $(ROOT)/lib/cmake/hooksig
	install -m 644 include/hooksig.h $(ROOT)/include/
	install -m 644 $(RELEASE_DIR)/libhooksig.a $(ROOT)/lib/
	install -m 755 $(RELEASE_DIR)/libhooksig.so $(ROOT)/lib/libhooksig.so.$(VERSION)
	ln -sf libhooksig.so.$(VERSION) $(ROOT)/lib/$(SONAME)
	ln -sf $(SONAME) $(ROOT)/lib/libhooksig.so
	sed -e 's|@PREFIX@|$(FINAL)|' -e 's|@VERSION@|$(VERSION)|' packaging/hooksig.pc.in > $(ROOT)/lib/pkgconfig/hooksig.pc
	install -m 644 packaging/hooksig-config.cmake $(ROOT)/lib/cmake/hooksig/
	sed -e 's|@VERSION@|$(VERSION)|' packaging/hooksig-config-version.cmake.in > $(ROOT)/lib/cmake/hooksig/hooksig-config-version.cmake

.PHONY: uninstall
uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/include/hooksig.h $(DESTDIR)$(PREFIX)/lib/pkgconfig/hooksig.pc
	rm -f $(DESTDIR)$(PREFIX)/lib/libhooksig.a $(DESTDIR)$(PREFIX)/lib/libhooksig.so $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	rm -f $(DESTDIR)$(PREFIX)/lib/libhooksig.so.$(VERSION)
	rm -rf $(DESTDIR)$(PREFIX)/lib/cmake/hooksig
	rm -f $(DESTDIR)$(PREFIX)/bin/hooksig $(MAN_DIR)/hooksig.1 $(MAN_DIR)/hooksig-*.1
	rm -f $(BASH_DIR)/hooksig $(ZSH_DIR)/_hooksig $(FISH_DIR)/hooksig.fish

.PHONY: clean
clean: ## remove what was built
	$(CARGO) clean
