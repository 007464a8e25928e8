// The interactive documentation of the API, from files of our own: no other site is asked.
import SwaggerUIBundle from "swagger-ui-dist/swagger-ui-es-bundle.js";

SwaggerUIBundle({
  url: new URL("openapi.json", location.href).href,
  dom_id: "#api",
  deepLinking: true,
  // Its badge would be fetched from the validator of its makers.
  validatorUrl: null,
  syntaxHighlight: false,
});
