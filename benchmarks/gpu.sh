#!/bin/sh
# Correctness and throughput of training, encoding and index building on a GPU beside the CPU; on the CPU alone where
# there is no GPU. Needs no data. Prints a table and writes JSON: benchmarks/gpu.sh [--out reports/gpu.json] [--help]
set -eu
cd "$(dirname "$0")/.."
export PYTHONPATH="$PWD/encoder:$PWD/store:$PWD${PYTHONPATH:+:$PYTHONPATH}" HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
exec "${PYTHON:-python3}" -m benchmarks.gpu "$@"
