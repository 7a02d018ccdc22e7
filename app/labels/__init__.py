"""QR labels on equipment and rooms: printed on sheets, scanned with a phone."""
