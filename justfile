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

# Measure relevance on every collection and compare with what is recorded.
quality *options:
    env {{ data }} cargo run --release --locked --quiet -- bench --quiet --rebuild {{ options }} benches/quality/*.toml

# Record the figures of every collection, and write docs/quality.md from them.
quality-record:
    env {{ data }} cargo run --release --locked --quiet -- bench --quiet --update benches/quality/*.toml
    cargo run --release --locked --quiet -- bench --report docs/quality.md benches/quality/*.toml

# Look at the report of the sample corpus in a browser, if one is installed; pictures go to target/report-look.
report-look:
    env SNOTRA_LOOK="$PWD/target/report-look" cargo test --locked --test main look::
