"""The description of the web's API (OpenAPI 3.1): operations, parameters and the types of answers.

| module | question it answers |
|---|---|
| `answers` | which keys has an answer in JSON? |
| `schemas` | how is such a type written as JSON Schema? |
| `parameters` | what may be asked, within which limits? |
| `operations` | which address answers what? |
| `description` | how do these become one document? |
"""
