# まどぐち. Every target installs what it needs and can be run first.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
FAQ := ../shared/eval/localgovfaq
BOT_PYTEST := PYTHONPATH=. bot/.venv/bin/python -m pytest -q -c bot/pyproject.toml --rootdir .

.PHONY: run test lint train bench eval soak-line soak-handoff help

run: ## まどぐちを動かす（初めては10分ほど、2回目からは1分以内）。Ctrl-C で止める
	@ops/bootstrap.sh
	@$(PYTHON) -m ops.run

test: ## すべての試験をする（初めては40分ほど）
	@ops/bootstrap.sh browser
	@$(MAKE) --no-print-directory lint train
	@$(BOT_PYTEST) tests/nlu
	@$(PYTHON) -m pytest -q

lint: ## 書き方、型、取り込みの決まりを確かめる
	@ops/bootstrap.sh
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy knowledge actions channels ops tests
	@.venv/bin/lint-imports
	@PYTHONPATH=. bot/.venv/bin/python -m mypy --config-file bot/pyproject.toml --explicit-package-bases nlu bot/rest.py
	@$(PYTHON) -m knowledge check

train: ## 質問を聞き分けるモデルと、意味で探す索引を作る（変わったときだけ、2〜7分）
	@ops/bootstrap.sh
	@$(PYTHON) -m ops.train

bench: ## 速さとメモリーを測り、設計の予算と並べた表を出す
	@ops/bootstrap.sh browser
	@$(PYTHON) -m ops.bench

soak-line: ## LINEの受付に1万件を、重複・順番違い・故障・強制終了つきで届ける（15分ほど）
	@ops/bootstrap.sh
	@$(PYTHON) -m ops.soak_line

soak-handoff: ## 200人がいっせいに職員を呼び、10人が答える間に、プロセスを止める（10分ほど）
	@ops/bootstrap.sh
	@$(PYTHON) -m ops.soak_handoff

eval: train ## 返答の質を、自分たちの質問集で測る（検索、聞き分け、全体。20分ほど）
	@$(PYTHON) -m knowledge eval
	@$(PYTHON) -m knowledge eval --questions tests/questions/tuned.yml --curve .eval/tuned.svg
	@$(PYTHON) -m knowledge eval --questions tests/questions/blind.yml --curve .eval/blind.svg
	@$(PYTHON) -m knowledge eval --urgent tests/questions/urgent.yml
	@$(PYTHON) -m ops.quality
	@! test -d $(FAQ) || $(PYTHON) -m knowledge eval --beir $(FAQ)
	@$(BOT_PYTEST) -s tests/nlu/test_understanding.py

help: ## この一覧を出す
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
