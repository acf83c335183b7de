/** @type {import("next").NextConfig} */
const config = {
  // A server with only the modules that it uses: a small image, no npm in it.
  output: "standalone",
  poweredByHeader: false,
  reactStrictMode: true,
};

export default config;
