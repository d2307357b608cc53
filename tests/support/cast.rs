//! Cast.
