"""What is suggested, or said, when a query finds too little or names one paper or person."""
