//! Rules and buckets.
