"""Pictures that members write as `:shortcode:`: those of this instance."""
