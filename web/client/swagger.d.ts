// The package carries no types; these are the options that are used.
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface Options {
    url: string;
    dom_id: string;
    deepLinking: boolean;
    validatorUrl: null;
    syntaxHighlight: false;
  }
  export default function SwaggerUIBundle(options: Options): unknown;
}
