# Shortcuts. None is needed: each recipe is what stands under it.

# SNOTRA_DATA=..., where larger collections lie beside this folder and the environment names none; else nothing.
data := if env("SNOTRA_DATA", "") != "" { "" } else if path_exists("../shared/data") == "true" { quote("SNOTRA_DATA=" + absolute_path("../shared/data")) } else { "" }

# List the recipes.
default:
    @just --list

# Index the sample articles and search them.
demo *query:
    cargo run --release -- demo {{ query }}

# Run the tests.
test *filter:
    env {{ data }} cargo test --locked {{ filter }}

# Run everything that must pass.
check:
    env {{ data }} .ci/run

# Build the library's documentation and open it.
docs:
    cargo doc --no-deps --locked --open

# Run the speed benchmarks.
bench *filter:
    env {{ data }} cargo bench --locked {{ filter }}

# Make a TREC run of the sample topics, to be scored against corpus/qrels.txt.
quality:
    cargo run --release --locked --quiet -- index corpus --quiet --index index/quality
    cargo run --release --locked --quiet -- batch corpus/topics.tsv --index index/quality --format trec --depth 1000 > index/quality-run.txt
    @echo "index/quality-run.txt: score it against corpus/qrels.txt with trec_eval or ir_measures"
