//! Reads which unit a text names.
