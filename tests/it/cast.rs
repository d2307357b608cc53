//! The cast itself.
