"""Campaign calls: signed from any fediverse account, carried by several unions, boosted at one moment."""
