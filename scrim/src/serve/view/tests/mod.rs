//! Every page, in every language.
