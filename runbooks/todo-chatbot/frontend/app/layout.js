export const metadata = { title: "Todo chatbot" };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: "system-ui", maxWidth: "40rem", margin: "3rem auto" }}>
        {children}
      </body>
    </html>
  );
}
