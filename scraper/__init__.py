"""A shop's address, feed or folder → data/SHOP/: products.csv and images, fetched politely and resumably."""
