//! The integration tests, one binary so that the library is linked once. Every module holds one kind of promise.

mod across;
mod cli;
mod comparing;
mod crash;
mod docs;
mod eval_cli;
mod eval_vectors;
mod experiments;
mod explaining;
mod judging;
mod languages;
mod layers;
mod like;
mod look;
mod passages;
mod report;
mod shapes;
mod significance_vectors;
mod suggest;
mod support;
mod tidy;
mod updates;
mod vocabulary;
