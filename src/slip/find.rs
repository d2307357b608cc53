//! Finds the slip in texts.
