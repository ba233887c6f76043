"""Makes the OpenAPI document of the JSON API from the contract: what the edge takes and gives, and how it refuses."""
