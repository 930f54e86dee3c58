# What one does with Scrim. Every recipe is plain cargo or a script that runs alone.

CARGO ?= cargo
SAMPLES ?= all

.PHONY: help demo serve test lint fmt doc bench samples install

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

demo: ## redact the recording that comes with Scrim and show before and after
	scripts/install demo
	$(CARGO) build --release -p scrim -p scrim-samples
	scripts/demo

serve: ## run the service on this machine with what it needs built in
	scripts/install demo
	$(CARGO) build --release -p scrim
	$(CARGO) run --release -p scrim -- models pull base
	$(CARGO) run --release -p scrim -- models pull silero-vad
	$(CARGO) run --release -p scrim -- serve

test: ## run all tests; the last lines are the summary
	scripts/install test
	$(CARGO) test --doc --workspace
	# Many tests wait for others: one more than there are cores keeps all of them busy.
	G_DEBUG=fatal_criticals NEXTEST_TEST_THREADS=$$(($$(nproc) + 1)) $(CARGO) nextest run --workspace

lint: ## check format, lints and documentation, without changing anything
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps

fmt: ## format all Rust code
	$(CARGO) fmt --all

doc: ## build the documentation of all crates
	$(CARGO) doc --workspace --no-deps

bench: ## print ratios against a peer that runs beside Scrim
	scripts/install bench
	$(CARGO) build --release -p scrim -p scrim-samples
	$(CARGO) run --release -p scrim-bench

samples: ## render the invented webinars into target/samples, or SAMPLES=name for one
	scripts/install test
	$(CARGO) run --release -p scrim-samples -- render $(SAMPLES)

install: ## install what Debian lacks for all of the above
	scripts/install test
