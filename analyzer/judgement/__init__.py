"""What people add: waivers and reviews, read from their files and laid over the results."""
