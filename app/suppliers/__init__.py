"""Who sells to the school and who mends: firms, makers, and the LA itself."""
