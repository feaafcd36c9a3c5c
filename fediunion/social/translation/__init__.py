"""Public posts in the reader's language, through a LibreTranslate service that the operator chose."""
