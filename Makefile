# Every target that needs an environment makes it first: .venv and, for the protos' generator, .venv-proto.
# A stamp for each extra says what is installed; it is made again when pyproject.toml or constraints.txt changes.

PYTHON ?= python3
DOMAIN ?= complete-journey
SOURCE ?=
TENANT ?= default
SEEDS ?= 3
SOURCES ?=
ARGS ?=
INDEX_ARGS ?=

BIN := .venv/bin
DOMAIN_DIR := var/domains/$(DOMAIN)
DOMAIN_TOML := $(DOMAIN_DIR)/firstlight.toml
WORK_DIR := var/build/$(DOMAIN)
PEERS_DIR := var/peers/$(DOMAIN)
SNAPSHOTS := var/snapshots
SERVING_PEERS := $(patsubst benchmarks/serving_peers/requirements-%.txt,%,$(wildcard benchmarks/serving_peers/requirements-*.txt))
CODE := client encoder evaluation indexer server store tests benchmarks docs examples
PROTOS := $(wildcard protos/firstlight/v1/*.proto)
PROTO_BASELINE := protos/baseline.binpb

# One thread a process (processes scale, threads of two OpenMP runtimes collide), and no model hub.
export HF_HUB_OFFLINE := 1
export OMP_NUM_THREADS := 1
export OMP_WAIT_POLICY := PASSIVE
export TOKENIZERS_PARALLELISM := false

# Else each of the dozens of processes that the tests start compiles every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL: # two installations into one environment would collide

##@ Start here

.PHONY: help
help: ## List every target
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: INDEX_ARGS := --ranker-parts 0
demo: index ## Build the default snapshot the quick way, ask it as five newcomers and one who comes back, print the answers
	$(BIN)/python -m examples.demo --data-dir $(SNAPSHOTS) --tenant $(TENANT) $(ARGS)

.PHONY: test
test: .venv/installed-dev ## Run the fast test suite
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

##@ Run it on a domain (DOMAIN=complete-journey, online-retail, amazon-games, amazon-games-small or movielens-100k, SOURCE=its files, TENANT=default, SEEDS=3)

.PHONY: data
data: $(DOMAIN_TOML) ## Write a public data set as a domain, once

$(DOMAIN_TOML): | .venv/installed-demo $(if $(filter movielens-100k,$(DOMAIN)),.venv/installed-recbole)
	$(BIN)/firstlight-indexer data $(DOMAIN) $(if $(SOURCE),--source "$(SOURCE)") --out $(DOMAIN_DIR)

.PHONY: index
index: .venv/installed-demo $(DOMAIN_TOML) ## Clean, train, encode, build and publish a snapshot; unchanged texts are not encoded again
	$(BIN)/firstlight-indexer index --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) --data-dir $(SNAPSHOTS) --tenant $(TENANT) $(INDEX_ARGS)

.PHONY: segments
segments: .venv/installed-demo $(DOMAIN_TOML) ## Segment the users of DOMAIN into reports/DOMAIN/segments/ (ARGS='--count 8'); ids and names last
	$(BIN)/firstlight-indexer segments --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) --data-dir $(SNAPSHOTS) --tenant $(TENANT) --out reports/$(DOMAIN)/segments $(ARGS)

.PHONY: tags
tags: .venv/installed-demo $(DOMAIN_TOML) ## Tag the items of DOMAIN into reports/DOMAIN/tags/ (ARGS='"gift for children" wine'); [tags] publishes them
	$(BIN)/firstlight-indexer tags --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) --out reports/$(DOMAIN)/tags $(ARGS)

.PHONY: serve
serve: .venv/installed-demo ## Serve the published snapshots over gRPC
	$(BIN)/firstlight-server serve --data-dir $(SNAPSHOTS) $(ARGS)

.PHONY: evaluate
evaluate: .venv/installed-evaluation $(DOMAIN_TOML) ## Draw the cold-user curve into reports/DOMAIN/
	$(BIN)/firstlight-evaluate run --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) --out reports/$(DOMAIN) --seeds $(SEEDS) $(ARGS)

.PHONY: ablate
ablate: .venv/installed-evaluation $(DOMAIN_TOML) ## Measure what each part of the model is worth into reports/DOMAIN/ (one seed; ARGS='--stage second --seeds 3')
	$(BIN)/firstlight-evaluate ablate --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) $(ARGS)

.PHONY: transfer
transfer: .venv/installed-evaluation $(DOMAIN_TOML) ## Report what DOMAIN gains from training with SOURCES (or its [transfer]), into reports/DOMAIN/
	@for source in $(SOURCES); do $(MAKE) --no-print-directory data DOMAIN=$$source SOURCE= || exit 1; done
	$(BIN)/firstlight-evaluate transfer --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) $(foreach source,$(SOURCES),--source var/domains/$(source)) $(ARGS)

.PHONY: profile
profile: .venv/installed-evaluation $(DOMAIN_TOML) ## Measure next steps and, on DOMAIN's published snapshot, shifts of interest, into reports/DOMAIN/
	$(BIN)/firstlight-evaluate next --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) $(NEXT_ARGS)
	$(BIN)/firstlight-evaluate drift --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) --snapshots $(SNAPSHOTS) --tenant $(TENANT) $(ARGS)

.PHONY: peers
peers: peers-env .venv/installed-evaluation $(DOMAIN_TOML) ## Let other people's recommenders rank the evaluation's cases, into var/peers/DOMAIN/
	$(BIN)/firstlight-evaluate export --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) --out $(PEERS_DIR)
	OPENBLAS_NUM_THREADS=1 .venv-peers/bin/python -m benchmarks.peers.als --exchange $(PEERS_DIR) --seeds $(SEEDS)
	OPENBLAS_NUM_THREADS=1 .venv-peers/bin/python -m benchmarks.peers.item_knn --exchange $(PEERS_DIR)
	OPENBLAS_NUM_THREADS=1 .venv-peers/bin/python -m benchmarks.peers.lightfm_warp --exchange $(PEERS_DIR) --seeds $(SEEDS)
	.venv-rectools/bin/python -m benchmarks.peers.sasrec --exchange $(PEERS_DIR)

.PHONY: compress
compress: .venv/installed-evaluation $(DOMAIN_TOML) ## Measure what smaller encoders and indexes save and cost, into reports/DOMAIN/
	$(BIN)/firstlight-evaluate compress --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) --out reports/$(DOMAIN) $(ARGS)

.PHONY: ope
ope: .venv-obp/installed .venv/installed-evaluation ## Judge off-policy evaluation by real logs, a known truth and Open Bandit Pipeline, into reports/ope/
	PYTHONPATH=indexer OPENBLAS_NUM_THREADS=1 .venv-obp/bin/python -m benchmarks.peers.off_policy
	folder=$$(echo .venv-obp/lib/python3*/site-packages/obp) && $(BIN)/firstlight-evaluate ope --open-bandit "$$folder/dataset/obd" --priors "$$folder/policy/conf/prior_bts.yaml" --out reports/ope $(ARGS)

.PHONY: simulate
simulate: .venv/installed-evaluation $(DOMAIN_TOML) ## Let exploration policies play a month of DOMAIN's real visits, into reports/simulate/ (ARGS='--tune' judges the policy gradient too)
	OPENBLAS_NUM_THREADS=1 $(BIN)/firstlight-evaluate simulate --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) --out reports/simulate $(ARGS)

.PHONY: explore-peers
explore-peers: .venv-bandits/installed ## Hold exploration's policies against MABWiser's and Vowpal Wabbit's, into reports/explore-peers.json
	PYTHONPATH=encoder OPENBLAS_NUM_THREADS=1 .venv-bandits/bin/python -m benchmarks.exploration.peers --out reports/explore-peers.json

.PHONY: bench
bench: .venv/installed-bench index ## Measure serving, encoding and rebuilding into reports/bench.json
	$(BIN)/python -m benchmarks --domain $(DOMAIN_TOML) --workdir $(WORK_DIR) --data-dir $(SNAPSHOTS) --tenant $(TENANT) --out reports/bench.json $(ARGS)

.PHONY: chaos
chaos: .venv/installed-dev ## Do every fault its nightly number of times, into reports/chaos.json (ARGS='--only H6 --rounds 5 --seed 1')
	$(BIN)/python -m benchmarks.chaos --out reports/chaos.json $(ARGS)

.PHONY: chaos-events
chaos-events: .venv/installed-dev ## Kill servers and workers while events, items and arms change, on SQLite and PostgreSQL, into reports/chaos-events.json
	$(BIN)/python -m benchmarks.chaos $(foreach fault,R3 R7 R8,--only $(fault)-sqlite --only $(fault)-postgresql) --only R3-sqlite-workers --only R3-postgresql-workers --out reports/chaos-events.json $(ARGS)

##@ Check and change the code

.PHONY: lint
lint: lint-python lint-types lint-imports proto-lint proto-breaking proto-check ## Run every check but the tests

.PHONY: format
format: .venv/installed-dev ## Format the Python files and mend what ruff can mend
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

.PHONY: lint-python
lint-python: .venv/installed-dev ## Check style and formatting
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

.PHONY: lint-types
lint-types: .venv/installed-dev ## Check types with mypy and pyright, both strict and each on a core of its own
	$(BIN)/mypy $(CODE) & mypy=$$!; $(BIN)/pyright; pyright=$$?; wait $$mypy && exit $$pyright

.PHONY: lint-imports
lint-imports: .venv/installed-dev ## Check who imports whom
	$(BIN)/lint-imports

##@ Protocol buffers

.PHONY: docs
docs: .venv/installed-dev ## Write docs/api.md from the protos
	$(BIN)/buf build --as-file-descriptor-set -o - | $(BIN)/python docs/render_api.py > docs/api.md

.PHONY: proto
proto: .venv-proto/installed ## Generate client/firstlight/v1 from the protos
	$(call generate,client)

.PHONY: proto-check
proto-check: .venv-proto/installed ## Fail if the generated code is not what the protos yield
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && $(call generate,"$$fresh") \
	  && diff -r --exclude=__init__.py --exclude=__pycache__ "$$fresh/firstlight/v1" client/firstlight/v1 \
	  || { echo "client/firstlight/v1 does not match protos/: run 'make proto' and commit the result" >&2; exit 1; }

.PHONY: proto-lint
proto-lint: .venv/installed-dev ## Check the protos' style and comments
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code protos

.PHONY: proto-breaking
proto-breaking: .venv/installed-dev ## Fail on a change that breaks callers of the last release
	$(BIN)/buf breaking --against $(PROTO_BASELINE)

.PHONY: proto-baseline
proto-baseline: .venv/installed-dev ## Take the protos as they are for the next release's baseline
	$(BIN)/buf build --exclude-source-info -o $(PROTO_BASELINE)

# NOTE: the generator is older than the runtime on purpose: generated code refuses a protobuf older than its generator.
generate = PATH="$(CURDIR)/.venv-proto/bin:$$PATH" .venv-proto/bin/python -m grpc_tools.protoc -I protos \
	  --python_out=$(1) --grpc_python_out=$(1) --mypy_out=quiet:$(1) --mypy_grpc_out=quiet:$(1) $(PROTOS)

##@ Environments and leftovers

.PHONY: install
install: .venv/installed-dev ## Make .venv with everything a developer needs

.PHONY: peers-env
peers-env: .venv-peers/installed .venv-rectools/installed ## Make the environments of other people's recommenders

.PHONY: bench-peers-env
bench-peers-env: $(SERVING_PEERS:%=.venv-serving-%/installed) ## Make the environments of the servers and databases that `make bench ARGS='--only peers'` compares with (9 GB)

.PHONY: hooks
hooks: .venv/installed-dev ## Install the pre-commit hook, which runs make lint
	$(BIN)/prek install

.PHONY: clean
clean: ## Remove the environments, caches and build outputs
	rm -rf .venv .venv-proto .venv-peers .venv-rectools .venv-obp .venv-bandits .venv-serving-* build dist *.egg-info .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find $(CODE) -name __pycache__ -type d -exec rm -rf {} +

.PHONY: clean-data
clean-data: ## Remove the domains, snapshots and reports
	rm -rf var reports

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Firstlight needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv

# torch comes first, alone, so that a build of the pinned version that is already there or preferred by pip's settings stays.
.venv/installed-%: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install -c constraints.txt torch
	$(BIN)/python -m pip install -c constraints.txt -e '.[$*]'
	touch $@

# Only the data files inside are wanted, so not the many packages that recbole depends on.
.venv/installed-recbole: | .venv/bin/python
	$(BIN)/python -m pip install --no-deps recbole==1.2.1
	touch $@

.venv-proto/installed: protos/requirements.txt
	$(PYTHON) -m venv .venv-proto
	.venv-proto/bin/python -m pip install -r protos/requirements.txt
	touch $@

.venv-peers/installed: benchmarks/peers/requirements.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install -r $<
	touch $@

# torch first; obp itself comes without its dependencies, whose ranges end before the versions that are installed here.
.venv-obp/installed: benchmarks/peers/requirements-obp.txt
	$(PYTHON) -m venv .venv-obp
	.venv-obp/bin/python -m pip install torch==2.13.0
	.venv-obp/bin/python -m pip install -r $<
	.venv-obp/bin/python -m pip install --no-deps obp==0.4.1
	touch $@

.venv-bandits/installed: benchmarks/exploration/requirements.txt
	$(PYTHON) -m venv .venv-bandits
	.venv-bandits/bin/python -m pip install -r $<
	touch $@

# torch comes first here too: RecTools' own range would bring a build for GPUs.
.venv-rectools/installed: benchmarks/peers/requirements-rectools.txt
	$(PYTHON) -m venv .venv-rectools
	.venv-rectools/bin/python -m pip install torch==2.13.0
	.venv-rectools/bin/python -m pip install -r $<
	touch $@

# torch first again; then this repository's own packages, of which the peers import the space and the messages.
.venv-serving-%/installed: benchmarks/serving_peers/requirements-%.txt
	$(PYTHON) -m venv .venv-serving-$*
	if grep -q '^torch==' $<; then .venv-serving-$*/bin/python -m pip install "$$(grep '^torch==' $<)"; fi
	.venv-serving-$*/bin/python -m pip install -r $<
	.venv-serving-$*/bin/python -m pip install -e .
	touch $@
