//! The rules of the house, held by reading the repository.

mod dependencies;
mod documents;
mod manifests;
mod names;
mod references;
mod rust_text;
mod sources;
mod tree;
