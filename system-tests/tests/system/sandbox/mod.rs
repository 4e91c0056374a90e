//! What a builder of connectors does with the double.

mod conform;
