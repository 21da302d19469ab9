"""Evidence outside the PDF: it stands when the signatures have been stripped and signflow is gone."""
