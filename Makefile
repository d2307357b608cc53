# The two commands: `make demo` shows the program at work on this machine, `make test` checks everything.

# Build; private servers for tests and demo; a browser for the tests of the web; an office to print papers with; the
# reader of pictures; a clock that can be set.
PACKAGES = gcc libc6-dev make \
	postfix dovecot-imapd dovecot-lmtpd openssl postgresql \
	chromium chromium-driver fonts-liberation2 \
	libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils \
	tesseract-ocr tesseract-ocr-vie \
	faketime
# axe-core, which looks for what keeps people out of a page, is fetched by npm; Debian's is large, so any other will do.
PACKAGES += $(if $(shell command -v npm 2>/dev/null),,npm)

.PHONY: help packages test demo demo-stop long

help:
	@echo "make demo      a contest in miniature: mails in, receipts out, judged to the prizes, the web on http://127.0.0.1"
	@echo "make demo-stop ends the demonstration's servers and its web view"
	@echo "make test      formatting, lints, unit tests, both databases, real mail servers"
	@echo "make long      the longest tests, with a table of what happened"
	@echo "make packages  only install what is missing from Debian"

packages:
	@tests/servers/packages.sh $(PACKAGES)

# The browser has the machine to itself: its waits are as long as a person's patience.
test: packages
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo test -- --skip browser::
	cargo test --test it browser:: -- --test-threads=1

demo: packages
	@echo "demo: building; the first time takes about six minutes on two cores, later only seconds"
	@cargo build --bin phach --example demo
	@cargo run --quiet --example demo

demo-stop:
	@cargo run --quiet --example demo -- stop

long: packages
	@tests/servers/packages.sh isync antiword catdoc docx2txt
	PHACH_LONG=1 cargo test --test it kills -- --nocapture --test-threads=1
	PHACH_LONG=1 cargo test --test it healing -- --nocapture
	PHACH_LONG=1 cargo test --profile fuzz --test it fuzz -- --nocapture
	PHACH_LONG=1 cargo test --test it silence
	cargo build --release --bin phach
	PHACH_LONG=1 PHACH_EXE=$(CURDIR)/target/release/phach cargo test --test it load -- --nocapture --test-threads=1
	cargo bench --bench compare -- --large
	cargo install office_oxide_cli --version 0.1.16 --locked --root target/peers
	PATH=$(CURDIR)/target/peers/bin:$$PATH cargo bench --bench documents
	cargo bench --bench intake -- --long
