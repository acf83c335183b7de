import { BackendError, listTodos } from "../lib/backend.js";

export const dynamic = "force-dynamic";

async function loadTodos() {
  try {
    return { todos: await listTodos() };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    console.error(error.message);
    return { problem: error.message };
  }
}

function TodoList({ todos }) {
  if (todos.length === 0) return <p>Nothing to do yet.</p>;
  return (
    <ol>
      {todos.map((todo) => (
        <li key={todo.id} value={todo.id}>
          {todo.done ? <s>{todo.title}</s> : todo.title}
        </li>
      ))}
    </ol>
  );
}

export default async function Page({ searchParams }) {
  const { reply } = await searchParams;
  const { todos, problem } = await loadTodos();
  return (
    <main>
      <h1>Todo chatbot</h1>
      {problem ? <p role="alert">The list cannot be shown: {problem}.</p> : <TodoList todos={todos} />}
      <form action="/api/chat" method="post">
        <label>
          Say something{" "}
          <input name="message" required maxLength={200} placeholder="add buy milk" autoFocus />
        </label>{" "}
        <button>Send</button>
      </form>
      {typeof reply === "string" && <pre role="status">{reply}</pre>}
    </main>
  );
}
