"""The pictures of the documents: unions with sample data, and a browser that looks at their pages."""
