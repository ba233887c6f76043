"""Our protoc plugin: everything that Python needs of the contract, with imports that fit this repository."""
