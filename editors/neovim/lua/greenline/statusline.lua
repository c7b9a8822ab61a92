-- The file's coverage and what Greenline is doing, for 'statusline': %{v:lua.require'greenline.statusline'.text()}

local M = {}

local words = {
  ['no-data'] = 'not measured',
  outdated = 'outdated',
  waiting = 'measuring',
  unreadable = 'report unreadable',
}
-- What is under way: progress token -> its words.
local running = {}

vim.api.nvim_create_autocmd('LspProgress', {
  group = vim.api.nvim_create_augroup('greenline.statusline', {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'greenline' then
      M.take(event.data.params)
    end
  end,
})

-- Takes one `$/progress` notification.
function M.take(progress)
  local token, value = progress.token, progress.value
  local was = running[token] or {}
  if value.kind == 'end' then
    running[token] = nil
  else
    running[token] = { title = value.title or was.title, percentage = value.percentage or was.percentage }
  end
  vim.cmd.redrawstatus()
end

-- "83 % · 2 gaps" of the current buffer, with a job that is under way; empty where there is nothing to say.
function M.text()
  local known, parts = vim.b.greenline, {}
  local summary = known and known.summary
  if type(summary) == 'table' and summary.lines[2] > 0 then
    local gaps = known.gaps == 1 and 'gap' or 'gaps'
    table.insert(parts, ('%d %% · %d %s'):format(summary.percent, known.gaps, gaps))
  end
  if known and words[known.state] then
    table.insert(parts, words[known.state])
  end
  for _, job in pairs(running) do
    table.insert(parts, job.percentage and ('%s %d %%'):format(job.title, job.percentage) or job.title)
  end
  return table.concat(parts, ' · ')
end

return M
